import { connect, createServer } from 'node:net'

/** `relay.ts <socket> <port>`: what comes to the port goes to the socket, which leads out of the namespace. */
const [socket = '', port = ''] = process.argv.slice(2)
createServer((inside) => {
  const outside = connect(socket)
  inside.pipe(outside).pipe(inside)
  inside.on('error', () => outside.destroy())
  outside.on('error', () => inside.destroy())
}).listen(Number(port), '0.0.0.0', () => console.log('ready'))
