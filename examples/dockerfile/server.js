import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

const NAME = /^\/([a-z0-9-]*)$/

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost')
  if (pathname === '/health') return response.end('ok\n')
  const name = NAME.exec(pathname)?.[1] || 'index'
  try {
    const body = await readFile(`public/${name}.html`)
    response.setHeader('Content-Type', 'text/html; charset=utf-8').end(body)
  } catch {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found\n')
  }
})
server.listen(Number(process.env.PORT ?? 8080), () => console.log('listening', server.address().port))

// What is under way is finished first.
process.on('SIGTERM', () => server.close(() => process.exit(0)))
