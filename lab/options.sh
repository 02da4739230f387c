# A control that is set, and buffers that other devices can read.
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
ocelli run 'v4l2:///dev/video0?size=640x480&fps=30&export=dmabuf&ctrl.brightness=77' --model none \
    --sink jsonl:options.jsonl --summary options.json &
run=$!
usleep 2500000
ls -l /proc/$run/fd >descriptors
v4l2-ctl -d /dev/video0 -C brightness >brightness
kill -INT $run
wait $run
modprobe -r vivid
