# A frame that is held while a hundred others pass: in peace, of a picture that moves to the side; then with its buffer queued
# behind the source's back; then while the driver fails and is started again, and while a camera is unplugged and comes again.
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
v4l2-ctl -d /dev/video0 -c osd_text_mode=2 -c test_pattern=0 -c horizontal_movement=6
camera='v4l2:///dev/video0?size=640x480&fps=30&format=YUYV'
lab leases "$camera" --frames 100 --rows-alike >peace.json

status=0
lab leases "$camera" --frames 100 --queue-early >early.json 2>early.err || status=$?
echo $status >early.status

lab leases "$camera" --frames 100 --rows-alike >fatal.json &
usleep 1500000
v4l2-ctl -d /dev/video0 -c inject_fatal_streaming_error=1
wait $!
modprobe -r vivid

. /lab/usb_of.sh
plug_in
lab leases 'v4l2:///dev/video0?size=320x240&fps=30&format=YUYV' --frames 100 >unplugged.json &
leases=$!
usleep 1500000
unplug
usleep 500000
plug_in
wait $leases
unplug
