/** The smallest app of each stack that says which version it is, and how a host's own server runs it. */
export interface StackApp {
  /** What a dependency-free change of code looks like: everything that is committed for a version. */
  files(version: string): Record<string, string>
  /** The manifest with one dependency more, then with another. */
  oneDependencyMore?: readonly Record<string, string>[]
  /** Left out: there is no server of the host's to compare with. */
  native?: (
    folder: string,
    port: number,
  ) => { program: string; args: string[]; env?: Record<string, string> }[]
}

const manifestWith = (dependencies: Record<string, string>): string =>
  JSON.stringify({
    name: 'bench',
    private: true,
    type: 'module',
    scripts: { start: 'node server.js' },
    dependencies: { express: '5.1.0', ...dependencies },
  })
const manifest = manifestWith({})

/** Where a comparison puts the host's own Python environment. */
export const VENV = '/var/tmp/vastrox-bench-venv'

const nginx = (folder: string, port: number): string => `
worker_processes 2; pid ${folder}/nginx.pid; error_log ${folder}/error.log; daemon off;
events { worker_connections 1024; }
http { access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  server { listen 127.0.0.1:${port}; root ${folder}; index index.php;
    location / { try_files $uri /index.php?$query_string; }
    location ~ \\.php$ { include /etc/nginx/fastcgi_params;
      fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;
      fastcgi_pass unix:${folder}/fpm.sock; } } }
`
const fpm = (folder: string): string => `
[global]
error_log = ${folder}/fpm.log
daemonize = no
[www]
user = www-data
group = www-data
listen = ${folder}/fpm.sock
listen.mode = 0666
pm = dynamic
pm.max_children = 10
pm.start_servers = 4
pm.min_spare_servers = 2
pm.max_spare_servers = 6
`

export const STACK_APPS: Record<string, StackApp> = {
  node: {
    files: (version) => ({
      'package.json': manifest,
      'server.js': `import express from 'express'
const app = express()
app.get('/', (request, response) => response.send('${version}'))
const server = app.listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`,
    }),
    oneDependencyMore: [
      { 'package.json': manifestWith({ ms: '2.1.3' }) },
      { 'package.json': manifestWith({ ms: '2.1.3', semver: '7.7.2' }) },
    ],
    native: (folder, port) => [
      {
        program: process.execPath,
        args: [`${folder}/server.js`],
        env: { PORT: String(port), NODE_ENV: 'production' },
      },
    ],
  },
  php: {
    files: (version) => ({
      'composer.json': JSON.stringify({ require: { php: '^8.2' }, repositories: [] }),
      'index.php': `<?php\necho '${version}';\n`,
    }),
    native: (folder, port) => [
      {
        program: '/usr/sbin/php-fpm8.2',
        args: ['--nodaemonize', '--fpm-config', `${folder}/fpm.conf`],
      },
      { program: '/usr/sbin/nginx', args: ['-c', `${folder}/nginx-${port}.conf`] },
    ],
  },
  flask: {
    files: (version) => ({
      'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\n',
      'app.py': `from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get('/')\ndef index():\n    return '${version}'\n`,
    }),
    oneDependencyMore: [
      { 'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\nidna==3.10\n' },
      { 'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\nidna==3.10\nsix==1.17.0\n' },
    ],
    native: (folder, port) => [
      {
        program: `${VENV}/bin/gunicorn`,
        args: ['--chdir', folder, '--workers', '4', '--bind', `127.0.0.1:${port}`, 'app:app'],
      },
    ],
  },
  fastapi: {
    files: (version) => ({
      'requirements.txt': 'fastapi==0.115.6\nuvicorn[standard]==0.34.0\n',
      'main.py': `from fastapi import FastAPI\nfrom fastapi.responses import PlainTextResponse\n\napp = FastAPI()\n\n\n@app.get('/', response_class=PlainTextResponse)\nasync def index():\n    return '${version}'\n`,
    }),
    native: (folder, port) => [
      {
        program: `${VENV}/bin/uvicorn`,
        args: [
          '--app-dir',
          folder,
          '--workers',
          '2',
          '--no-access-log',
          '--port',
          String(port),
          'main:app',
        ],
      },
    ],
  },
  static: { files: (version) => ({ 'index.html': version }) },
  go: {
    files: (version) => ({
      'go.mod': 'module bench\n\ngo 1.24\n',
      'main.go': `package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "${version}") })
	http.ListenAndServe(":"+os.Getenv("PORT"), nil)
}
`,
    }),
  },
}

/** Files that the host's own servers read besides the app's. */
export const nativeFiles = (stack: string, folder: string, port: number): Record<string, string> =>
  stack === 'php' ? { [`nginx-${port}.conf`]: nginx(folder, port), 'fpm.conf': fpm(folder) } : {}
