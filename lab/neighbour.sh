# Two cameras in one run, one of which goes and comes again.
modprobe vivid n_devs=2 node_types=0x1,0x1 num_inputs=1,1 input_types=0,0
ocelli run 'v4l2:///dev/video0?size=640x480&fps=30' 'v4l2:///dev/video1?size=640x480&fps=30' --model none \
    --sink jsonl:neighbour.jsonl --summary neighbour.json &
run=$!
usleep 1500000
v4l2-ctl -d /dev/video0 -c disconnect=1
usleep 1000000
v4l2-ctl -d /dev/video0 -c inject_fatal_streaming_error=1
usleep 1000000
kill -INT $run
wait $run
modprobe -r vivid
