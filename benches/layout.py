"""Writes the layout that `in-toto-verify` holds a folder against: one step, one inspection. Called by the bench."""

import sys

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from in_toto.models.layout import Inspection, Layout, Step
from in_toto.models.metadata import Metablock
from securesystemslib.signer import CryptoSigner

key_file, name, out = sys.argv[1:]
with open(key_file, "rb") as file:
    signer = CryptoSigner(load_pem_private_key(file.read(), None))
key = signer.public_key
layout = Layout()
layout.set_relative_expiration(months=12)
layout.keys[key.keyid] = {**key.to_dict(), "keyid": key.keyid}
step = Step(name=name)
step.pubkeys, step.threshold = [key.keyid], 1
look = Inspection(name="look")
look.run = ["true"]
look.expected_materials = [["MATCH", f"{name}/*", "WITH", "MATERIALS", "FROM", name], ["DISALLOW", f"{name}/*"]]
layout.steps, layout.inspect = [step], [look]
metadata = Metablock(signed=layout)
metadata.create_signature(signer)
metadata.dump(out)
