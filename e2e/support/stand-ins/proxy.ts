import { execFileSync, spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { Server } from 'node:net'
import { openHeart } from '@vastrox/shared/node/heartbeat.ts'

/** A proxy worker that answers everything by its pid; `/slow` takes a second, `/groups` shows its rights. */
const server = createServer((request, response) => {
  const answer = (text: string) => response.setHeader('connection', 'close').end(`${text}\n`)
  if (request.url === '/slow') setTimeout(answer, 1_000, String(process.pid))
  else if (request.url === '/groups') answer(execFileSync('/usr/bin/id').toString().trim())
  else if (request.url === '/leave-children') {
    const child = spawn('/usr/bin/sleep', ['1000'], { detached: true, stdio: 'ignore' })
    child.unref()
    answer(String(child.pid))
  } else answer(String(process.pid))
})
const descriptors = Object.fromEntries(
  (process.env['VASTROX_LISTEN_FDS'] ?? '').split(',').map((pair) => pair.split('=')),
)
const heart = openHeart(process.env['VASTROX_READY_FD'])
server.listen({ fd: Number(descriptors['http']) }, heart.announce)
setInterval(heart.beat, 1_000)
/** The close() of an HTTP server would end connections whose request is still on its way. */
process.once('SIGTERM', () => Server.prototype.close.call(server, () => process.exit(0)))
