import { createApp } from './app.js'
import { log } from './log.js'
import { whenStopped } from './stop.js'

const port = Number(process.env.PORT ?? 3000)
const server = createApp(process.env).listen(port, (error) => {
  if (error) throw error
  log.info({ port }, 'listening')
})

whenStopped().addEventListener('abort', () => {
  log.info('finishing what is under way')
  server.close(() => process.exit(0))
  server.closeIdleConnections()
})
