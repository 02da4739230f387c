# Rates and sizes, up to 60 frames a second and 1280x720, and as many buffers as one may ask for.
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
try() {
    timeout -s INT 4 ocelli run "v4l2:///dev/video0?$2" --quiet --model none --sink "jsonl:$1.jsonl" --summary "$1.json"
}
try vga30 'size=640x480&fps=30'
try vga60 'size=640x480&fps=60'
try hd30 'size=1280x720&fps=30'
try hd60 'size=1280x720&fps=60'
try buffers20 'size=640x480&fps=30&buffers=20'
modprobe -r vivid
