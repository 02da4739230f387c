# A USB camera, under the kernel's own driver for nearly all of them.
modprobe uvcvideo
modprobe vhci-hcd
lab camera &
camera=$!
for _ in $(seq 100); do [ -e /dev/video0 ] && break; usleep 100000; done
ls -l /dev/video*
ocelli devices --json >devices.json
timeout -s INT 4 ocelli run 'v4l2:///dev/video0?size=640x480&fps=30&format=YUYV' \
    --model none --sink jsonl:yuyv.jsonl --summary yuyv.json
kill $camera
wait $camera || true
