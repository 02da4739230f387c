# The system calls of the thread that captures, over two seconds in the middle of a run: of frames that are read in place, and
# of JPEGs, which are decoded on that thread.
count() {
    ocelli run "v4l2:///dev/video0?$2" --quiet --model none --summary "$1.json" &
    run=$!
    usleep 1500000
    capturing=
    for thread in /proc/$run/task/*; do
        if [ "$(cut -c1-6 "$thread/comm")" = source ]; then capturing=${thread##*/}; fi
    done
    strace -c -o "$1.txt" -p "$capturing" &
    trace=$!
    usleep 2000000
    kill -INT $trace
    wait $trace || true
    kill -INT $run
    wait $run
}
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
count in_place 'size=640x480&fps=30'
modprobe -r vivid
. /lab/usb_of.sh
plug_in
count decoded 'size=640x480&fps=30&format=MJPG'
unplug
