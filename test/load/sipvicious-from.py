"""sipvicious-from.py HOST AGENT TOOL ARGUMENTS...

Runs a tool of sipvicious from one address (svwar and svcrack of 0.3.3 take -b and forget it) and
under another name; AGENT `-` leaves it as it is.
"""

import importlib
import os
import shutil
import socket
import sys

host, agent, tool = sys.argv[1:4]
sys.argv = [tool, *sys.argv[4:]]
sys.path.insert(0, os.path.dirname(os.path.realpath(shutil.which(tool))))
SIGNS = {b"friendly-scanner": agent.encode(), b"sip:100@1.1.1.1": b"sip:100@192.0.2.1"}


class Bound(socket.socket):
    def bind(self, address):
        super().bind((host, address[1]))

    def sendto(self, data, address):
        text = data if isinstance(data, bytes) else data.encode()
        for sign, instead in SIGNS.items() if agent != "-" else ():
            text = text.replace(sign, instead)
        return super().sendto(text, address)


socket.socket = Bound
importlib.import_module("sipvicious." + tool).main()
