import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { createArena } from './arena.js'

/** Players talk in lines over TCP; whoever only wants to know asks by UDP, as server lists do. */
const PORT = Number(process.env.GAME_PORT ?? 4000)
const RELEASE = process.env.ARENA_NAME ?? 'one'
const arena = createArena()
const open = new Set()

const lines = createServer((socket) => {
  let name
  const say = (text) => socket.write(`${text}\n`)
  open.add(socket)
  socket.setTimeout(300_000, () => socket.destroy())
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    open.delete(socket)
    if (name !== undefined) arena.leave(name)
  })
  // The address of the player, not that of a proxy: bans and fair play depend on it.
  say(`arena ${RELEASE}: hello, ${socket.remoteAddress}. join <name>, then n, s, e, w; who; quit`)
  createInterface({ input: socket }).on('line', (line) => {
    const [word = '', given = ''] = line.trim().split(/\s+/)
    if (word === 'quit') socket.end('bye\n')
    else if (word === 'who') say(arena.list().join(' | ') || 'nobody')
    else if (word === 'join' && name === undefined) {
      const wrong = arena.join(given)
      if (wrong === undefined) name = given
      say(wrong ?? `you are ${given}`)
    } else {
      const at = name === undefined ? undefined : arena.move(name, word)
      say(at ? `${at.x},${at.y}` : 'what?')
    }
  })
})
lines.listen({ port: PORT, host: '0.0.0.0' })

const status = createSocket('udp4')
status.on('message', (message, from) => {
  if (message.length > 64) return
  status.send(`arena ${RELEASE} ${arena.list().length} players`, from.port, from.address)
})
status.bind(PORT, '0.0.0.0')

/** A deployment has led new players to the next release by now; whoever still plays is told. */
process.once('SIGTERM', () => {
  lines.close(() => process.exit(0))
  status.close()
  for (const socket of open) socket.end('the server is replaced: come again\n')
  setTimeout(() => process.exit(0), 5_000).unref()
})
