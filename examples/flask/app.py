"""A small Flask app that shows which release is running."""

import os
import platform

from flask import Flask, jsonify, render_template, request
from werkzeug.middleware.proxy_fix import ProxyFix


def create_app(env=os.environ):
    """The whole app, without a port, so that tests need no server."""
    app = Flask(__name__)
    # The proxy in front is the only one that reaches us, and says who the visitor is.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)

    facts = {
        "name": env.get("VASTROX_APP", "hello"),
        "release": env.get("VASTROX_RELEASE", "not deployed yet"),
        "commit": env.get("SOURCE_VERSION", "unknown")[:7],
        "python": platform.python_version(),
    }

    @app.get("/")
    def index():
        return render_template("index.html", secure=request.is_secure, **facts)

    @app.get("/health")
    def health():
        return jsonify(status="ok", release=facts["release"])

    @app.errorhandler(404)
    def not_found(_error):
        return render_template("404.html", name=facts["name"]), 404

    return app


app = create_app()
