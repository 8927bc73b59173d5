/** A mistake as people make it, in the smallest app that makes it. */
export interface Fault {
  name: string
  files: Record<string, string>
  /** Set before the push. */
  env?: Record<string, string>
  /** What the one line must say to have named it. */
  named: RegExp
}

const json = (value: object): string => JSON.stringify(value, null, 2)
const node = (server: string, manifest: object = {}): Record<string, string> => ({
  'package.json': json({
    name: 'app',
    private: true,
    scripts: { start: 'node server.js' },
    ...manifest,
  }),
  'server.js': server,
})
const SERVE = `require('node:http').createServer((q, s) => s.end('ok')).listen(process.env.PORT, '0.0.0.0')\n`
const FLASK = `from flask import Flask\napp = Flask(__name__)\n\n@app.get('/')\ndef index():\n    return 'ok'\n`

const django = (settings: string, more: Record<string, string> = {}): Record<string, string> => ({
  'requirements.txt': 'django>=5.2,<6\ngunicorn\n',
  'manage.py': `import os, sys\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_.settings')\nfrom django.core.management import execute_from_command_line\nexecute_from_command_line(sys.argv)\n`,
  'site_/__init__.py': '',
  'site_/wsgi.py': `import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_.settings')\nfrom django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n`,
  'site_/urls.py': `from django.http import HttpResponse\nfrom django.urls import path\nurlpatterns = [path('', lambda request: HttpResponse('ok'))]\n`,
  'site_/settings.py': `import os\nROOT_URLCONF = 'site_.urls'\nWSGI_APPLICATION = 'site_.wsgi.application'\nINSTALLED_APPS = []\nMIDDLEWARE = ['django.middleware.common.CommonMiddleware']\n${settings}`,
  ...more,
})

const maven = (main: string): Record<string, string> => ({
  'pom.xml': `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>app</groupId><artifactId>app</artifactId><version>1</version>
<properties><maven.compiler.release>21</maven.compiler.release></properties>
<build><plugins><plugin><artifactId>maven-jar-plugin</artifactId><configuration><archive><manifest>
<mainClass>Main</mainClass></manifest></archive></configuration></plugin></plugins></build></project>\n`,
  'src/main/java/Main.java': main,
})

/**
 * Planted before the rules that name them were written. `pnpm bench faults` pushes each to an
 * installed Vastrox and counts those whose one line names the cause.
 */
export const FAULTS: readonly Fault[] = [
  {
    name: 'listens-on-loopback',
    files: node(SERVE.replace('0.0.0.0', '127.0.0.1')),
    named: /127\.0\.0\.1/,
  },
  {
    name: 'never-listens',
    files: node('setInterval(() => {}, 1000)\n'),
    named: /nothing listens|no port|does not listen/i,
  },
  {
    name: 'no-start-command',
    files: { 'package.json': json({ name: 'app', private: true }), 'src/app.js': SERVE },
    named: /"start" script|start command/,
  },
  {
    name: 'lockfile-out-of-step',
    files: {
      ...node(SERVE, { dependencies: { ms: '^2.1.3' } }),
      'package-lock.json': json({
        name: 'app',
        lockfileVersion: 3,
        requires: true,
        packages: { '': { name: 'app' } },
      }),
    },
    named: /package-lock\.json.*(out of step|does not match|not in sync)/i,
  },
  {
    name: 'npm-package-not-found',
    files: node(SERVE, { dependencies: { 'vastrox-there-is-no-such-package': '^1.0.0' } }),
    named: /vastrox-there-is-no-such-package/,
  },
  {
    name: 'npm-version-not-found',
    files: node(SERVE, { dependencies: { ms: '^99.0.0' } }),
    named: /ms@?.*99/,
  },
  {
    name: 'npm-peer-conflict',
    files: node(SERVE, { dependencies: { react: '17.0.2', 'react-dom': '18.3.1' } }),
    named: /peer|react-dom/i,
  },
  {
    name: 'native-library-missing',
    files: node(SERVE, { dependencies: { 'pg-native': '3.2.0' } }),
    named: /libpq|pg_config|libpq-native|native/i,
  },
  {
    name: 'module-not-declared',
    files: node(`require('express')\n${SERVE}`),
    named: /express.*(dependencies|package\.json)/i,
  },
  {
    name: 'local-file-missing',
    files: node(`require('./routes/index')\n${SERVE}`),
    named: /routes\/index/,
  },
  {
    name: 'syntax-error',
    files: node('const x = {\n'),
    named: /syntax error.*server\.js/i,
  },
  {
    name: 'import-in-commonjs',
    files: node(
      "import http from 'node:http'\nhttp.createServer((q, s) => s.end('ok')).listen(process.env.PORT)\nmodule.exports = {}\n",
    ),
    named: /"type": ?"module"|ES module|require|import/i,
  },
  {
    name: 'env-missing',
    files: node(
      `if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL is not set')\n${SERVE}`,
    ),
    named: /DATABASE_URL/,
  },
  {
    name: 'node-version-too-old',
    files: node(SERVE, { engines: { node: '16.x' } }),
    named: /16\.x/,
  },
  {
    name: 'typescript-error',
    files: {
      ...node(SERVE, {
        scripts: { build: 'tsc --noEmit', start: 'node server.js' },
        devDependencies: { typescript: '5.9.3' },
      }),
      'tsconfig.json': json({ compilerOptions: { strict: true, types: [] }, files: ['a.ts'] }),
      'a.ts': "export const n: number = 'text'\n",
    },
    named: /a\.ts.*(TS2322|not assignable)/,
  },
  {
    name: 'build-script-missing-tool',
    files: node(SERVE, {
      scripts: { build: 'webpack --mode production', start: 'node server.js' },
    }),
    named: /webpack/,
  },
  {
    name: 'build-out-of-memory',
    files: node(SERVE, {
      scripts: {
        build: `node -e "const a=[];for(;;)a.push(Buffer.alloc(64e6,1))"`,
        start: 'node server.js',
      },
    }),
    named: /out of memory/i,
  },
  {
    name: 'run-out-of-memory',
    files: node(`const all = []; setInterval(() => all.push(Buffer.alloc(64e6, 1)), 5)\n`),
    named: /out of memory|memory limit/i,
  },
  {
    name: 'exits-at-once',
    files: node("console.log('done')\n"),
    named: /exited|ended/i,
  },
  {
    name: 'answers-500',
    files: node(
      "require('node:http').createServer((q, s) => { s.statusCode = 500; s.end('no') }).listen(process.env.PORT)\n",
    ),
    named: /500/,
  },
  {
    name: 'hangs',
    files: node("require('node:http').createServer(() => {}).listen(process.env.PORT)\n"),
    named: /not answer|no answer|time/i,
  },
  {
    name: 'database-refused',
    files: node(
      `require('node:net').connect(5432, '127.0.0.1').on('error', (e) => { throw e })\n${SERVE}`,
    ),
    named: /5432|database|PostgreSQL/i,
  },
  {
    name: 'permission-denied',
    files: node(`require('node:fs').writeFileSync('/var/cache/app.log', 'x')\n${SERVE}`),
    named: /\/var\/cache\/app\.log/,
  },
  {
    name: 'port-in-use',
    files: node(`${SERVE}${SERVE}`),
    named: /port.*(twice|in use|already)/i,
  },
  {
    name: 'missing-script',
    files: { ...node(SERVE), Procfile: 'web: npm run serve\n' },
    named: /"?serve"?/,
  },
  {
    name: 'command-not-found',
    files: { ...node(SERVE), Procfile: 'web: gunicornn server\n' },
    named: /gunicornn/,
  },
  {
    name: 'openssl-legacy',
    files: node(`require('node:crypto').createHash('md4')\n${SERVE}`),
    named: /OpenSSL|md4|legacy/i,
  },
  {
    name: 'prisma-not-generated',
    files: node(
      `const { PrismaClient } = require('@prisma/client')\nnew PrismaClient()\n${SERVE}`,
      {
        dependencies: { '@prisma/client': '5.22.0' },
      },
    ),
    named: /prisma generate/,
  },
  { name: 'broken-package-json', files: { 'package.json': '{ "name": ' }, named: /package\.json/ },
  {
    name: 'release-command-fails',
    files: {
      ...node(SERVE),
      Procfile: 'web: node server.js\nrelease: node migrate.js\n',
      'migrate.js': 'throw new Error(\'relation "users" already exists\')\n',
    },
    named: /release command.*|already exists/i,
  },
  {
    name: 'python-module-not-declared',
    files: { 'requirements.txt': 'gunicorn\n', 'app.py': FLASK },
    named: /flask.*requirements/i,
  },
  {
    name: 'python-package-not-found',
    files: {
      'requirements.txt': 'flask\nvastrox-there-is-no-such-package==1.0\n',
      'app.py': FLASK,
    },
    named: /vastrox-there-is-no-such-package/,
  },
  {
    name: 'python-versions-conflict',
    files: { 'requirements.txt': 'flask==3.0.0\nwerkzeug==2.0.0\n', 'app.py': FLASK },
    named: /werkzeug|flask/i,
  },
  {
    name: 'python-syntax-error',
    files: { 'requirements.txt': 'flask\n', 'app.py': `${FLASK}\ndef broken(:\n` },
    named: /syntax error.*app\.py/i,
  },
  {
    name: 'django-secret-key',
    files: django("SECRET_KEY = os.environ['SECRET_KEY']\nALLOWED_HOSTS = ['*']\n"),
    named: /SECRET_KEY/,
  },
  {
    name: 'django-allowed-hosts',
    files: django("SECRET_KEY = 'x' * 50\nALLOWED_HOSTS = ['example.com']\n"),
    named: /ALLOWED_HOSTS/,
  },
  {
    name: 'php-parse-error',
    files: { 'index.php': "<?php\necho 'a'\necho 'b';\n" },
    named: /index\.php.*(line 3|syntax)/i,
  },
  {
    name: 'go-compile-error',
    files: {
      'go.mod': 'module app\n\ngo 1.24\n',
      'main.go': 'package main\n\nfunc main() {\n\tx := 1\n}\n',
    },
    named: /main\.go:4|declared and not used/,
  },
  {
    name: 'java-compile-error',
    files: maven('public class Main { public static void main(String[] a) { int x = "text"; } }\n'),
    named: /Main\.java|incompatible types/,
  },
  {
    name: 'dockerfile-copies-nothing',
    files: {
      Dockerfile: 'FROM vastrox/node:26\nCOPY dist /srv/app\nCMD ["node", "server.js"]\n',
      'server.js': SERVE,
    },
    named: /dist/,
  },
]
