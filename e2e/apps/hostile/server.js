const { spawn, spawnSync } = require('node:child_process')
const fs = require('node:fs')
const { createServer } = require('node:http')
const { Worker } = require('node:worker_threads')

const LINE = `${'x'.repeat(1_000)}\n`.repeat(64)

const acts = {
  '/build': () => fs.readFileSync('build.json', 'utf8'),
  '/mine': () => fs.readFileSync('mine.txt', 'utf8'),
  '/run': () => spawnSync('node', ['attack.js']).stdout.toString(),
  '/fork': () => {
    spawn('sh', ['-c', 'bomb() { bomb | bomb & }; bomb'], { stdio: 'ignore' }).on('error', () => {})
    return 'begun'
  },
  '/cpu': () => {
    for (let at = 0; at < 4; at++) new Worker('for (;;);', { eval: true })
    return 'begun'
  },
  '/memory': () => {
    const all = []
    setInterval(() => all.push(Buffer.alloc(16e6, 1)), 1)
    return 'begun'
  },
  '/log': () => {
    let left = 1e9
    const more = () => {
      for (; left > 0; left -= LINE.length) if (!process.stdout.write(LINE)) return
    }
    process.stdout.on('drain', more)
    more()
    return 'begun'
  },
  '/disk': (query) => {
    let left = Number(query) * 1e6
    const file = fs.createWriteStream('/srv/large')
    const part = Buffer.alloc(1e6, 1)
    const more = () => {
      for (; left > 0; left -= part.length) if (!file.write(part)) return
    }
    file.on('drain', more)
    file.on('error', (error) => console.log(`disk: ${error.message}`))
    more()
    return 'begun'
  },
  '/write': () => {
    const answers = {}
    for (const path of ['/srv/hostile/x', '/etc/x', '/tmp/x', '/run/x', '/var/tmp/x']) {
      try {
        fs.writeFileSync(path, '#!/bin/sh\necho ran\n', { mode: 0o755 })
        answers[path] = spawnSync(path).status === 0 ? 'runs' : 'written'
      } catch (error) {
        answers[path] = error.code
      }
    }
    return JSON.stringify(answers)
  },
}

createServer((request, response) => {
  const [path, query] = request.url.split('?')
  response.end(acts[path] === undefined ? 'hostile' : acts[path](query))
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
