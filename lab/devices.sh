# What `ocelli devices` says: without a camera, with vivid, and of one that may not be opened.
ocelli devices >none.txt 2>none.err
modprobe vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0
ocelli devices >words.txt
ocelli devices --json >devices.json
modprobe -r vivid
