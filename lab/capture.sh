# Two seconds and more of vivid's webcam input at 640x480 and 30 frames a second, read and counted.
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
cat /proc/uptime
status=0
timeout -s INT 5 ocelli run 'v4l2:///dev/video0?size=640x480&fps=30' \
    --model none --sink jsonl:capture.jsonl --summary capture.json || status=$?
cat /proc/uptime
echo "ocelli ended with $status"
modprobe -r vivid
