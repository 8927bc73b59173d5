import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import type { Wishes } from '#ports/stack.ts'
import { type Files, planFile, planOf, planText } from '#test/stacks/source-tree.ts'

const FLASK_APP = `from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get("/")\ndef index():\n    return "hello"\n`
const FLASK = { 'requirements.txt': 'Flask==3.1.1\n', 'app.py': FLASK_APP }
const FASTAPI_APP = `from fastapi import FastAPI\n\napp = FastAPI()\n`

const MANAGE = (settings: string): string =>
  `#!/usr/bin/env python\nimport os\nimport sys\n\nif __name__ == "__main__":\n    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")\n    from django.core.management import execute_from_command_line\n    execute_from_command_line(sys.argv)\n`
const WSGI = (settings: string): string =>
  `import os\nfrom django.core.wsgi import get_wsgi_application\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")\napplication = get_wsgi_application()\n`
const ASGI = (settings: string): string =>
  `import os\nfrom django.core.asgi import get_asgi_application\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")\napplication = get_asgi_application()\n`
const SETTINGS = `from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
SECRET_KEY = 'django-insecure-x'
DEBUG = True
ALLOWED_HOSTS = []
INSTALLED_APPS = [
    'django.contrib.admin',
    'django.contrib.staticfiles',
]
MIDDLEWARE = ['django.middleware.security.SecurityMiddleware']
WSGI_APPLICATION = 'shop.wsgi.application'
DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': BASE_DIR / 'db.sqlite3'}}
STATIC_URL = 'static/'
`
/** As one reads for production: from the environment, with WhiteNoise and a database elsewhere. */
const SETTINGS_OF_PRODUCTION = `import os
import dj_database_url
BASE_DIR = os.path.dirname(os.path.dirname(__file__))
SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = os.environ.get("DEBUG") == "1"
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")
INSTALLED_APPS = ["django.contrib.staticfiles"]
MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]
DATABASES = {"default": dj_database_url.config(default="sqlite:///x")}
STATIC_ROOT = os.path.join(BASE_DIR, "staticfiles")
`
const DJANGO: Files = {
  'requirements.txt': 'Django>=5.2,<6\n',
  'manage.py': MANAGE('shop.settings'),
  'shop/__init__.py': '',
  'shop/settings.py': SETTINGS,
  'shop/wsgi.py': WSGI('shop.settings'),
  'shop/asgi.py': ASGI('shop.settings'),
}

const TREES: Record<string, Files> = {
  'Flask, whose file is app.py': FLASK,
  'Flask with a factory in a package': {
    'requirements.txt': 'flask\ngunicorn==23.0.0\n',
    'flaskr/__init__.py': `import os\nfrom flask import Flask\n\ndef create_app(test_config=None):\n    app = Flask(__name__, instance_relative_config=True)\n    return app\n`,
    'flaskr/db.py': 'import sqlite3\n',
    'tests/test_app.py': FLASK_APP,
  },
  'Flask whose wsgi.py calls the factory': {
    'requirements.txt': 'flask\n',
    'shop/__init__.py':
      'from flask import Flask as F\n\ndef make_app() -> F:\n    return F(__name__)\n',
    'wsgi.py': 'from shop import make_app\n\napplication = make_app()\n',
  },
  'Flask in src, beside its own helpers': {
    'requirements.txt': 'flask\n',
    'src/main.py': 'from flask import Flask\nfrom helpers import x\n\nserver = Flask(__name__)\n',
    'src/helpers.py': 'x = 1\n',
  },
  'Flask by FLASK_APP of .flaskenv': {
    'requirements.txt': 'flask\npython-dotenv\n',
    '.flaskenv': 'FLASK_APP=micro:create_app\n',
    'app.py': FLASK_APP,
    'micro.py': 'import flask\n\ndef create_app():\n    return flask.Flask(__name__)\n',
  },
  'an app that a comment and a string only speak of': {
    'requirements.txt': 'fastapi\n',
    'main.py': `"""Use it so:\n\napp = Flask(__name__)\n"""\n# app = Flask(__name__)\nfrom fastapi import (\n    FastAPI,\n    Depends,\n)\nTEXT = 'application = Flask(__name__)'\nservice: FastAPI = FastAPI(title="(")\n`,
  },
  'Flask-SocketIO': {
    'requirements.txt': 'flask\nflask-socketio\nsimple-websocket\n',
    'app.py':
      'from flask import Flask\nfrom flask_socketio import SocketIO\n\napp = Flask(__name__)\nsocketio = SocketIO(app)\n\nif __name__ == "__main__":\n    socketio.run(app)\n',
  },
  'Flask with a scheduler in it': {
    'requirements.txt': 'flask\nAPScheduler\n',
    'app.py':
      'from apscheduler.schedulers.background import BackgroundScheduler\nfrom flask import Flask\napp = Flask(__name__)\nBackgroundScheduler().start()\n',
  },
  'FastAPI without a server': { 'requirements.txt': 'fastapi\n', 'main.py': FASTAPI_APP },
  'FastAPI in a package, with uvicorn': {
    'requirements.txt': 'fastapi[standard]\n',
    'app/main.py':
      'from fastapi import FastAPI\nfrom app.routers import items\n\ndef create():\n    pass\n\napp = FastAPI()\n',
    'app/routers/items.py': '',
    'main.py':
      'import uvicorn\n\nif __name__ == "__main__":\n    uvicorn.run("app.main:app", reload=True)\n',
  },
  'FastAPI with WebSockets': {
    'requirements.txt': 'fastapi\nuvicorn\n',
    'main.py':
      'from fastapi import FastAPI, WebSocket\n\napp = FastAPI()\n\n@app.websocket("/ws")\nasync def echo(socket: WebSocket):\n    await socket.accept()\n',
  },
  'Starlette by a factory': {
    'requirements.txt': 'starlette\nuvicorn[standard]\n',
    'web/app.py':
      'from starlette.applications import Starlette\n\ndef build_app(*, debug=False):\n    return Starlette(debug=debug)\n',
    'web/__init__.py': '',
  },
  Litestar: {
    'requirements.txt': 'litestar\n',
    'app.py':
      'from litestar import Litestar, get\n\n@get("/")\nasync def index() -> str:\n    return "hi"\n\napp = Litestar([index])\n',
  },
  Quart: {
    'requirements.txt': 'quart\n',
    'app.py': 'from quart import Quart\napp = Quart(__name__)\n',
  },
  Sanic: {
    'requirements.txt': 'sanic\n',
    'server.py': 'from sanic import Sanic\napp = Sanic("shop")\n',
  },
  aiohttp: {
    'requirements.txt': 'aiohttp\n',
    'main.py':
      'from aiohttp import web\n\nasync def make_app():\n    app = web.Application()\n    return app\n\nif __name__ == "__main__":\n    web.run_app(make_app())\n',
  },
  Dash: {
    'requirements.txt': 'dash\n',
    'app.py': 'from dash import Dash, html\napp = Dash(__name__)\n',
  },
  Streamlit: {
    'requirements.txt': 'streamlit\npandas\n',
    'Home.py': 'import streamlit as st\nst.title("x")\n',
    'pages/1_Two.py': 'import streamlit as st\n',
  },
  Gradio: {
    'requirements.txt': 'gradio\n',
    'app.py':
      'import gradio as gr\ndemo = gr.Interface(fn=lambda x: x, inputs="text", outputs="text")\ndemo.launch()\n',
  },
  'a script that serves by itself': {
    'main.py':
      'import os\nfrom http.server import HTTPServer, BaseHTTPRequestHandler\nHTTPServer(("", int(os.environ["PORT"])), BaseHTTPRequestHandler).serve_forever()\n',
  },
  'a bot that serves nobody': {
    'requirements.txt': 'discord.py\n',
    'bot.py': 'import discord\nclient = discord.Client()\nclient.run("x")\n',
  },
  'Django as startproject makes it': DJANGO,
  'Django for production': {
    ...DJANGO,
    'requirements.txt': 'Django==5.2\ngunicorn\nwhitenoise\ndj-database-url\npsycopg2==2.9.10\n',
    'shop/settings.py': SETTINGS_OF_PRODUCTION,
  },
  'Django that collects and serves no static files': {
    ...DJANGO,
    'shop/settings.py': `${SETTINGS}STATIC_ROOT = BASE_DIR / "static"\n`,
  },
  'Django in a folder, with settings of production': {
    'requirements/base.txt': 'Django\n',
    'requirements/production.txt': '-r base.txt\ngunicorn\n-c ../constraints.txt\n',
    'constraints.txt': 'Django==5.2\n',
    'src/manage.py': MANAGE('config.settings.local'),
    'src/config/settings/base.py': SETTINGS_OF_PRODUCTION,
    'src/config/settings/local.py': 'from .base import *\nDEBUG = True\n',
    'src/config/settings/production.py': 'from .base import *\nDEBUG = False\n',
    'src/config/wsgi.py': WSGI('config.settings.production'),
    'src/config/asgi.py': ASGI('config.settings.production'),
  },
  'Django with Channels': {
    ...DJANGO,
    'requirements.txt': 'Django\nchannels[daphne]\n',
    'shop/asgi.py': `${ASGI('shop.settings')}from channels.routing import ProtocolTypeRouter\napplication = ProtocolTypeRouter({"http": application})\n`,
  },
  'Django with Celery and its schedule': {
    ...DJANGO,
    'requirements.txt': 'Django\ncelery\nredis\n',
    'shop/celery.py':
      'from celery import Celery\napp = Celery("shop")\napp.conf.beat_schedule = {}\n',
  },
  'Django with assets of Node.js': {
    ...DJANGO,
    'package.json': {
      scripts: { build: 'vite build', start: 'vite' },
      devDependencies: { vite: '7' },
    },
    'package-lock.json': '{}',
  },
  'django-environ without defaults': {
    ...DJANGO,
    'shop/settings.py': `import environ\nenv = environ.Env()\nSECRET_KEY = env("SECRET_KEY")\nDEBUG = env.bool("DEBUG")\nDATABASES = {"default": env.db()}\nCACHES = {"default": env.cache("CACHE_URL")}\nEMAIL_PORT = env.int("EMAIL_PORT")\nINSTALLED_APPS = ["django.contrib.staticfiles"]\nMIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]\nSTATIC_ROOT = "static"\n`,
  },
  'a Procfile': {
    ...FLASK,
    Procfile:
      'web: gunicorn app:app --workers 2\nworker: python worker.py\nrelease: flask db upgrade\n',
  },
  'a Procfile with a bare uvicorn': {
    'requirements.txt': 'fastapi\nuvicorn\n',
    'main.py': FASTAPI_APP,
    Procfile: 'web: uvicorn main:app\n',
  },
  'uv.lock': {
    'pyproject.toml':
      '[project]\nname = "shop"\nversion = "0"\nrequires-python = ">=3.10"\ndependencies = ["flask>=3"]\n\n[dependency-groups]\ndev = ["pytest"]\n',
    'uv.lock':
      'version = 1\n\n[[package]]\nname = "flask"\nversion = "3.1.1"\n\n[[package]]\nname = "psycopg2"\nversion = "2.9"\n',
    'requirements.txt': 'flask\n',
    'app.py': FLASK_APP,
  },
  'uv.lock with a package beside it': {
    'pyproject.toml':
      '[project]\nname = "shop"\nversion = "0"\ndependencies = ["flask", "lib"]\n[tool.uv.sources]\nlib = { path = "lib" }\n',
    'uv.lock': '',
    'app.py': FLASK_APP,
    'lib/pyproject.toml': '',
  },
  'poetry.lock': {
    'pyproject.toml':
      '[tool.poetry]\nname = "shop"\nversion = "0"\n[tool.poetry.dependencies]\npython = "^3.9"\nflask = "^3.0"\npsycopg = {extras = ["binary"], version = "^3"}\n[tool.poetry.group.dev.dependencies]\npytest = "*"\n[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n',
    'poetry.lock': '[[package]]\nname = "flask"\nversion = "3.1.1"\n',
    'app.py': FLASK_APP,
  },
  'Poetry without a lock file': {
    'pyproject.toml':
      '[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\npython = ">=3.9,<3.12"\nflask = "^3.0"\n',
    'app.py': FLASK_APP,
  },
  'pdm.lock': {
    'pyproject.toml':
      '[project]\nname = "shop"\nrequires-python = "==3.11.*"\ndependencies = ["fastapi", "uvicorn[standard]"]\n[tool.pdm]\ndistribution = false\n',
    'pdm.lock': '[[package]]\nname = "fastapi"\nversion = "0.115"\n',
    'main.py': FASTAPI_APP,
  },
  'Pipfile.lock': {
    Pipfile:
      '[packages]\nflask = "*"\ngunicorn = {extras = ["gevent"], version = "*"}\n[requires]\npython_version = "3.11"\n',
    'Pipfile.lock':
      '{"default": {"flask": {"version": "==3.1.1"}, "mysqlclient": {"version": "==2.2"}}}',
    'app.py': FLASK_APP,
  },
  'a Pipfile alone': { Pipfile: '[packages]\nflask = "*"\n', 'app.py': FLASK_APP },
  'pylock.toml': {
    'pylock.toml': 'lock-version = "1.0"\n[[packages]]\nname = "flask"\nversion = "3.1.1"\n',
    'app.py': FLASK_APP,
  },
  'pyproject.toml of PEP 621 with a command of its own': {
    'pyproject.toml':
      '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask", "gunicorn"]\n[project.scripts]\nshop = "shop.cli:main"\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
    'src/shop/__init__.py': '',
    'src/shop/cli.py': 'def main():\n    pass\n',
    Procfile: 'web: shop serve --port $PORT\n',
  },
  'pyproject.toml with a package in src': {
    'pyproject.toml':
      '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask", "gunicorn"]\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
    'src/shop/__init__.py': '',
    'src/shop/web.py': FLASK_APP,
  },
  'setup.py alone': {
    'setup.py':
      'from setuptools import setup\nsetup(name="shop", install_requires=["flask>=2"], python_requires=">=3.8")\n',
    'shop/__init__.py': '',
    'shop/wsgi.py': FLASK_APP,
  },
  'requirements with a package beside them': {
    'requirements.txt': 'flask\n-e ./lib\n--extra-index-url https://example.org/simple\n',
    'app.py': FLASK_APP,
    'lib/setup.py': '',
  },
  'requirements that are misspelt': { 'requirments.txt': 'flask\n', 'app.py': FLASK_APP },
  'requirements in UTF-16': {
    'requirements.txt': 'flask==3.1.1\r\n'.replaceAll(/[^]/g, '$&\0'),
    'app.py': FLASK_APP,
  },
  'requirements frozen on Windows and on Ubuntu': {
    'requirements.txt':
      'flask==3.1.1\npkg-resources==0.0.0\npywin32==306\ncolorama==0.4.6 ; sys_platform == "win32"\n',
    'app.py': FLASK_APP,
  },
  'libraries of Debian': {
    'requirements.txt': 'flask\npsycopg2\nmysqlclient\npython-magic\npython-ldap\npydub\n',
    Aptfile: '# for maps\nlibspatialindex-dev\nhttps://example.org/x.deb\n',
    'app.py': FLASK_APP,
    'runtime.txt': 'python-3.11.9\n',
  },
  'psycopg with its library inside': {
    'requirements.txt': 'flask\npsycopg[binary]\n',
    'app.py': FLASK_APP,
  },
  'a version of .python-version that a range goes over': {
    'pyproject.toml':
      '[project]\nname = "x"\nrequires-python = ">=3.12"\ndependencies = ["flask"]\n',
    '.python-version': '3.12\n',
    'app.py': FLASK_APP,
  },
  'a version that only a registry has': { ...FLASK, '.python-version': '3.12.3\n' },
  'an old version in .tool-versions': {
    ...FLASK,
    '.tool-versions': 'nodejs 22\npython 3.9.18 3.8\n',
  },
  'a server of Node.js beside a Flask app': {
    ...FLASK,
    'package.json': { scripts: { start: 'vite' }, devDependencies: { vite: '7' } },
  },
}

const SAID: Record<string, [files: Files, wishes: Partial<Wishes>]> = {
  'settings that go over everything': [
    FLASK,
    {
      version: '3.11',
      startCommand: 'flask run',
      releaseCommand: 'flask db upgrade',
      buildCommand: 'python tools/render.py',
      buildEnvKeys: ['PIP_EXTRA_INDEX_URL', 'TOKEN'],
    },
  ],
  'collectstatic that is switched off': [
    { ...DJANGO, 'shop/settings.py': SETTINGS_OF_PRODUCTION },
    { envKeys: ['DISABLE_COLLECTSTATIC'] },
  ],
}

describe('the plan for Python', () => {
  it.each(Object.keys(TREES))('of %s', async (name) => {
    const plan = planOf(TREES[name] ?? {})

    expect(plan.stack).toBe('python')
    await expect(planText(plan)).toMatchFileSnapshot(planFile('python', name))
  })

  it.each(Object.keys(SAID))('of %s', async (name) => {
    const [files, wishes] = SAID[name] ?? [{}, {}]

    await expect(planText(planOf(files, wishes))).toMatchFileSnapshot(planFile('python', name))
  })

  it('does not change with a change of code', () => {
    const before = planOf(FLASK)
    const after = planOf({ ...FLASK, 'app.py': `${FLASK_APP}# more\n` })

    expect(after).toEqual(before)
  })
})

const NOT_PYTHON: Record<string, Files> = {
  'an app of Node.js with a script of Python': {
    'package.json': { scripts: { start: 'node server.js' } },
    'main.py': 'print(1)\n',
  },
  'an app of Node.js with tools of Python': {
    'package.json': { scripts: { start: 'node server.js' } },
    'requirements.txt': 'awscli\n',
    'app.py': 'import boto3\n',
  },
  'an app of Node.js whose pyproject.toml is for a linter': {
    'package.json': { scripts: { start: 'node server.js' } },
    'pyproject.toml': '[tool.ruff]\nline-length = 100\n',
  },
  'an app that a Procfile starts with Node.js': {
    ...FLASK,
    'package.json': { scripts: { start: 'node server.js' } },
    Procfile: 'web: npm start\n',
  },
}

describe('what is not Python', () => {
  it.each(Object.keys(NOT_PYTHON))('%s', (name) => {
    expect(planOf(NOT_PYTHON[name] ?? {}).stack).toBe('node')
  })
})

const REFUSED: [what: string, files: Files, reason: string][] = [
  [
    'a version that is not to be had',
    { ...FLASK, 'runtime.txt': 'python-3.10.4\n' },
    'runtime.txt says python-3.10.4; there is no such Python here. Vastrox has 3.13, 3.11, 3.9, and from an image registry 3.14, 3.12.',
  ],
  [
    'Python 2',
    { ...FLASK, Pipfile: '[requires]\npython_version = "2.7"\n' },
    'python_version in the Pipfile is 2.7; there is no such Python here. Vastrox has 3.13, 3.11, 3.9, and from an image registry 3.14, 3.12.',
  ],
  [
    'a range between ours',
    {
      'pyproject.toml':
        '[project]\nname = "x"\nrequires-python = "~=3.10.1"\ndependencies = ["flask"]\n',
      'app.py': FLASK_APP,
    },
    'requires-python in pyproject.toml is ~=3.10.1; there is no such Python here. Vastrox has 3.13, 3.11, 3.9, and from an image registry 3.14, 3.12.',
  ],
  [
    'a lock file whose pyproject.toml was not committed',
    { 'poetry.lock': '', 'app.py': FLASK_APP },
    'There is poetry.lock, and no pyproject.toml beside it: commit that too.',
  ],
  [
    'requirements that include what is not there',
    { 'requirements.txt': '-r requirements/base.txt\n', 'app.py': FLASK_APP },
    'requirements.txt includes requirements/base.txt, which is not in the source.',
  ],
  [
    'requirements with the marks of a merge',
    { 'requirements.txt': '<<<<<<< HEAD\nflask\n', 'app.py': FLASK_APP },
    'requirements.txt has the marks of a merge that was not finished.',
  ],
  [
    'a pyproject.toml that is broken',
    { 'pyproject.toml': '[project\nname = 1\n', 'app.py': FLASK_APP },
    'pyproject.toml cannot be read: Invalid TOML document: illegal character in key.',
  ],
  [
    'a library that nothing starts',
    { 'requirements.txt': 'requests\n', 'fetch_all.py': 'import requests\n' },
    'No app of Flask, FastAPI, Django or the like was found, and no main.py or app.py. If fetch_all.py is the app, add a Procfile: web: python fetch_all.py',
  ],
  [
    'a factory that wants to be told something',
    {
      'requirements.txt': 'flask\n',
      'shop/__init__.py':
        'from flask import Flask\n\ndef create_app(config):\n    return Flask(config)\n',
    },
    'No app of Flask, FastAPI, Django or the like was found, and no main.py or app.py. Add a Procfile with a line such as: web: python main.py',
  ],
]

describe('what cannot be built of Python is refused in words', () => {
  it.each(REFUSED)('%s', (_what, files, reason) => {
    let refusal: unknown
    try {
      planOf(files)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(CodedError)
    expect(refusal).toMatchObject({ details: { reason } })
  })
})
