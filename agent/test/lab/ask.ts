import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

/**
 * `ask.ts <milliseconds> <tcp|udp>,<address>,<port> …`: asks each of game.ts once, all at the same time, and
 * prints what it said as JSON; `refused`, or `silent`. With `hold` in front of the first target they are
 * asked one after the other, and connections stay open until all have been made.
 */
const [wait, ...words] = process.argv.slice(2)
const holds = words[0] === 'hold'
const open: (() => void)[] = []
const ask = (target: string): Promise<string> => {
  const [protocol, address = '', port] = target.split(',')
  return (protocol === 'udp' ? askUdp : askTcp)(address, Number(port), Number(wait))
}
const said: string[] = holds ? [] : await Promise.all(words.map(ask))
if (holds) for (const target of words.slice(1)) said.push(await ask(target))
for (const close of open) close()
process.stdout.write(JSON.stringify(said), () => process.exit(0))

function askTcp(host: string, port: number, timeoutMs: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const socket = connect({ host, port })
  createInterface({ input: socket })
    .once('line', resolve)
    // What is wrong with the socket is said by the socket.
    .on('error', () => {})
  socket.on('error', () => resolve('refused'))
  socket.on('end', () => resolve('refused'))
  setTimeout(() => resolve('silent'), timeoutMs)
  if (holds) open.push(() => socket.destroy())
  else void promise.then(() => socket.destroy())
  return promise
}

function askUdp(host: string, port: number, timeoutMs: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const socket = createSocket('udp4')
  socket.on('message', (message) => resolve(message.toString()))
  socket.on('error', () => resolve('refused'))
  // Connected: an answer from another address than the one that was asked is none.
  socket.connect(port, host, () => {
    // The word that it is closed may come before this one.
    socket.send('?', () => {})
  })
  setTimeout(() => resolve('silent'), timeoutMs)
  void promise.then(() => socket.close())
  return promise
}
