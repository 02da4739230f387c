# For scenarios with a USB camera: plugged in, and unplugged.
modprobe uvcvideo
modprobe vhci-hcd
plug_in() {
    lab camera "$@" &
    usb=$!
    for _ in $(seq 100); do ls /dev | grep -q video && break; usleep 50000; done
}
unplug() {
    kill $usb
    wait $usb || true
    for _ in $(seq 100); do [ -e /dev/video0 ] || break; usleep 50000; done
}
