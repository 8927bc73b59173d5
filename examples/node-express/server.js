import { createApp } from './app.js'

const GRACE_MS = 10_000

const port = Number(process.env.PORT ?? 3000)
const server = createApp(process.env).listen(port, (error) => {
  if (error) throw error
  console.log(`listening on port ${port}`)
})

// Vastrox sends SIGTERM once no more requests come in: finish what is under way, then go.
for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => {
    console.log(`${signal}: finishing what is under way`)
    setTimeout(() => server.closeAllConnections(), GRACE_MS).unref()
    server.close(() => process.exit(0))
    server.closeIdleConnections()
  })
