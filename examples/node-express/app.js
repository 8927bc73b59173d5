import express from 'express'
import { page } from './page.js'

/** The whole app, without a port, so that tests can listen where they like. */
export function createApp(env) {
  const app = express()
  app.disable('x-powered-by')
  // The proxy in front is the only one that reaches us, and says who the visitor is.
  app.set('trust proxy', true)

  const facts = {
    name: env.VASTROX_APP ?? 'hello',
    release: env.VASTROX_RELEASE ?? 'not deployed yet',
    commit: env.SOURCE_VERSION?.slice(0, 7) ?? 'unknown',
  }

  app.get('/health', (_request, response) => {
    response.json({ status: 'ok', release: facts.release })
  })

  app.get('/', (request, response) => {
    response.type('html').send(page({ ...facts, secure: request.secure }))
  })

  app.use((_request, response) => {
    response.status(404).type('text').send('There is nothing here.\n')
  })

  return app
}
