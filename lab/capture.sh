# Two seconds and more of vivid's webcam input at 640x480 and 30 frames a second, read and counted.
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
status=0
timeout -s INT 5 ocelli run 'v4l2:///dev/video0?size=640x480&fps=30' \
    --model none --sink jsonl:/tmp/out.jsonl --summary /tmp/summary.json || status=$?
echo "ocelli ended with $status"
cp /tmp/out.jsonl /tmp/summary.json .
modprobe -r vivid
