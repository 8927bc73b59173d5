const { createServer } = require('node:http')

for (const name of (process.env.PRINT ?? '').split(',').filter(Boolean))
  console.log(`${name}=${process.env[name]}`)

createServer((request, response) => {
  if (request.url !== '/env') return response.end('see /env\n')
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(process.env))
}).listen(process.env.PORT, '0.0.0.0')
process.on('SIGTERM', () => process.exit(0))
