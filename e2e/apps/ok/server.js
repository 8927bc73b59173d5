const { readFileSync } = require('node:fs')
const { createServer } = require('node:http')
const { join } = require('node:path')

const version = readFileSync(join(__dirname, 'version.txt'), 'utf8').trim()

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://app')
  const wait = pathname === '/slow' ? Number(searchParams.get('ms')) : 0
  setTimeout(() => response.end(`${version} ${request.url}\n`), wait)
})
server.listen(process.env.PORT, '0.0.0.0', () => console.log(`${version} listens`))

process.on('SIGTERM', () => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
