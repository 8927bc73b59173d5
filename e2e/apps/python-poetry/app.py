from importlib.metadata import distributions

from bottle import Bottle

app = Bottle()


@app.get("/")
def index():
    return " ".join(sorted(f"{one.metadata['Name']}-{one.version}" for one in distributions()))
