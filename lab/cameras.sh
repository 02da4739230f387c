# Three cameras in one run.
modprobe vivid n_devs=3 node_types=0x1,0x1,0x1 num_inputs=1,1,1 input_types=0,0,0
timeout -s INT 4 ocelli run 'v4l2:///dev/video0?size=640x480&fps=30' 'v4l2:///dev/video1?size=640x480&fps=30' \
    'v4l2:///dev/video2?size=640x480&fps=30' --quiet --model none --sink jsonl:three.jsonl --summary three.json
modprobe -r vivid
