# A frame that is held while a hundred others pass: in peace, of a picture that moves to the side; then while the driver fails
# and is started again; then with its buffer queued behind the source's back; and while a camera is unplugged and comes again.
# Each in the driver's memory and in ours.
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
v4l2-ctl -d /dev/video0 -c osd_text_mode=2 -c test_pattern=0 -c horizontal_movement=6
camera='v4l2:///dev/video0?size=640x480&fps=30&format=YUYV'
for memory in mmap userptr; do
    lab leases "$camera&memory=$memory" --frames 100 --rows-alike >peace-$memory.json

    lab leases "$camera&memory=$memory" --frames 100 --rows-alike >fatal-$memory.json &
    usleep 1500000
    v4l2-ctl -d /dev/video0 -c inject_fatal_streaming_error=1
    wait $!

    status=0
    lab leases "$camera&memory=$memory" --frames 100 --queue-early >early-$memory.json || status=$?
    echo $status >early-$memory.status
done
modprobe -r vivid

. /lab/usb_of.sh
# In this order: a picture in mapped memory keeps the number of its camera's node, and the camera comes back under another.
for memory in userptr mmap; do
    plug_in
    camera="v4l2:///dev/video0?size=320x240&fps=30&format=YUYV&memory=$memory"
    lab leases "$camera" --frames 100 >unplugged-$memory.json &
    leases=$!
    usleep 1500000
    unplug
    usleep 500000
    plug_in
    wait $leases
    unplug
done
