# A frame that is held while a hundred others pass, of a picture that moves to the side; then once more, with its buffer
# queued behind the source's back.
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
v4l2-ctl -d /dev/video0 -c osd_text_mode=2 -c test_pattern=0 -c horizontal_movement=6
lab leases 'v4l2:///dev/video0?size=640x480&fps=30&format=YUYV' --frames 100 >held.json
status=0
lab leases 'v4l2:///dev/video0?size=640x480&fps=30&format=YUYV' --frames 100 --queue-early >early.json 2>early.err ||
    status=$?
echo $status >early.status
modprobe -r vivid
