# A USB camera, under the kernel's own driver for nearly all of them.
. /lab/usb_of.sh
# The first sink is JSONL; `images:NAME` keeps all pictures, for which small ones are enough.
run() {
    name=$1 uri=$2
    shift 2
    timeout -s INT 3 ocelli run "v4l2:///dev/video0?$uri" --quiet --model none \
        --sink "jsonl:$name.jsonl" --summary "$name.json" "$@"
}
plug_in
ocelli devices --json >devices.json
run yuyv 'size=640x480&fps=30&format=YUYV'
run small 'size=320x240&fps=15&format=YUYV' --sink images:small
unplug

# Each tenth says that it is broken, each fifteenth ends half way: the driver keeps them for itself, or gives them.
plug_in --broken-every 10 --cut-every 15
run broken 'size=320x240&fps=30&format=YUYV' --sink images:broken
unplug
echo 1 >/sys/module/uvcvideo/parameters/nodrop
plug_in --broken-every 10 --cut-every 15
run nodrop 'size=320x240&fps=30&format=YUYV' --sink images:nodrop
unplug
