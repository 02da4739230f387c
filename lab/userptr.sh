# Drivers that fill memory of ours, and one that does not.
. /lab/usb_of.sh
record() {
    name=$1 uri=$2
    shift 2
    ocelli run "v4l2:///dev/video0?memory=userptr&$uri" --quiet --model none \
        --sink "jsonl:$name.jsonl" --summary "$name.json" "$@" &
    run=$!
    usleep 3200000
    cat /proc/$run/smaps >$name.smaps
    kill -INT $run
    wait $run
}
# With as little memory as here is, the kernel gives none by itself.
echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
ocelli devices --json >fills.json
record vivid 'size=640x480&fps=30&format=YUYV'

# Gone and back, five times: what is no longer read is no longer held.
. /lab/faults_of.sh
camera='v4l2:///dev/video0?memory=userptr&size=640x480&fps=30&format=YUYV'
start unplugs
cat /proc/$run/smaps >before.smaps
for _ in 1 2 3 4 5; do
    inject disconnect=1
    usleep 700000
done
cat /proc/$run/smaps >after.smaps
over

# Refused when it is seen; then from the first, by a driver whose memory is contiguous.
refused() {
    status=0
    ocelli run 'v4l2:///dev/video0?memory=userptr' --model none >/dev/null 2>"$1.err" || status=$?
    echo $status >"$1.status"
}
inject inject_vidioc_qbuf_error=1
refused QBUF
modprobe -r vivid
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0 allocators=1
ocelli devices --json >refuses.json
refused REQBUFS
modprobe -r vivid

plug_in
record yuyv 'size=640x480&fps=30&format=YUYV'
record pictures 'size=320x240&fps=15&format=YUYV' --sink images:pictures
record mjpeg 'size=640x480&fps=30&format=MJPG'
unplug
