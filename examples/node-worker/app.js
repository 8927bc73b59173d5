import express from 'express'

/** The web process: it answers, and leaves everything that takes time to the others. */
export function createApp(env) {
  const app = express()
  app.disable('x-powered-by')

  app.get('/', (_request, response) => {
    response.type('text').send(
      [
        `${env.VASTROX_APP ?? 'node-worker'} ${env.VASTROX_RELEASE ?? 'not deployed yet'}`,
        'web      answers you',
        'worker   works beside it: vastrox logs --process worker',
        'report   runs every five minutes: vastrox cron',
        'release  ran before this release got its first visitor',
        '',
      ].join('\n'),
    )
  })
  app.get('/health', (_request, response) => response.json({ status: 'ok' }))
  return app
}
