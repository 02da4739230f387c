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
run mjpeg 'size=640x480&fps=30&format=MJPG'
# Nothing but JPEGs comes in this size.
run hd 'size=1280x720&fps=15'
run pictures 'size=640x480&fps=15&format=MJPG' --sink images:pictures
unplug

# Each tenth says that it is broken, each fifteenth ends half way: the driver keeps them for itself, or gives them.
plug_in --broken-every 10 --cut-every 15
run broken 'size=320x240&fps=30&format=YUYV' --sink images:broken
# What a JPEG should be like, the driver does not know.
run cut 'size=640x480&fps=30&format=MJPG'
unplug
echo 1 >/sys/module/uvcvideo/parameters/nodrop
plug_in --broken-every 10 --cut-every 15
run nodrop 'size=320x240&fps=30&format=YUYV' --sink images:nodrop
unplug
