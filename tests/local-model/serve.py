"""Serves a model file with an OpenAI-compatible API on loopback until it is told to stop."""

import os
import signal
import sys

import xllamacpp

weights, port, template = sys.argv[1:4]
ends = {signal.SIGTERM, signal.SIGINT}
# Before the engine starts threads, which inherit it.
signal.pthread_sigmask(signal.SIG_BLOCK, ends)

settings = xllamacpp.CommonParams()
settings.model.path = weights
settings.model_alias = {"0.5b"}
settings.hostnames = ["127.0.0.1"]
settings.port = int(port)
settings.n_ctx = 8192
settings.n_parallel = 1
# With two threads on two busy cores they wait for each other most of the time.
settings.cpuparams.n_threads = 1
settings.cpuparams_batch.n_threads = 1
settings.use_jinja = True
settings.ui = False
# The model's own template writes tool calls that the engine does not read back.
with open(template, encoding="utf-8") as text:
    settings.chat_template = text.read()

server = xllamacpp.Server(settings)
print("READY", server.listening_address, flush=True)
signal.sigwait(ends)
os._exit(0)
