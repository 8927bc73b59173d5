const { createServer } = require('node:net')

createServer((socket) => socket.on('error', () => {})).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
