# Every format that is read, as a picture of the colour bars of vivid; planes in one piece of memory, then each in its own.
# Some of each once more in memory of ours.
try() {
    v4l2-ctl -d /dev/video0 -c osd_text_mode=2 -c test_pattern=0
    timeout -s INT 2 ocelli run "v4l2:///dev/video0?size=640x360&fps=15&format=$2&memory=${3:-mmap}" \
        --model none --sink "images:$1" --summary "$1.json"
    # One is enough.
    ls "$1" | sort | tail -n 1 | while read -r last; do mv "$1/$last" "$1.jpg"; done
    rm -r "$1"
}
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
for format in YUYV UYVY NV12 I420 RGB24 BGR24 GREY; do try "$format" "$format"; done
for format in YUYV NV12; do try "userptr-$format" "$format" userptr; done
modprobe -r vivid
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0 multiplanar=2
for format in YUYV NV12 I420; do try "multi-$format" "$format"; done
for format in NV12 I420; do try "userptr-multi-$format" "$format" userptr; done
modprobe -r vivid
