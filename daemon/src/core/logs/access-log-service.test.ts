import { createRedactor } from '@vastrox/shared/node/redactor.ts'
import type { AccessLine } from '@vastrox/shared/traffic.ts'
import { expect, it } from 'vitest'
import { createAccessLogService } from '#core/logs/access-log-service.ts'
import { createAppHarness } from '#test/app-harness.ts'

it('hides the app’s secrets in the addresses that visitors asked for', async () => {
  const { finder, appService, actor, clock } = createAppHarness()
  appService.create(actor, { name: 'hello' })
  const line: AccessLine = {
    time: clock.now().toISOString(),
    release: 1,
    instance: null,
    client: '192.0.2.1',
    method: 'GET',
    host: 'hello.localhost',
    path: '/reset/sesame-open/now',
    query: `?next=${encodeURIComponent('sesame-open')}`,
    status: 200,
    ms: 1,
    bytesIn: 0,
    bytesOut: 0,
    complete: true,
    percent: 100,
    isUptimeCheck: false,
    requestId: 'r1',
  }
  const service = createAccessLogService({
    apps: finder,
    accessLogs: {
      tail: async () => [line, { ...line, path: '/' }],
      async *all() {
        yield line
      },
    },
    redactorFor: () => createRedactor(['sesame-open']),
    clock,
  })

  expect(await service.tail(actor, 'hello', {}, 10)).toEqual([
    { ...line, path: '/reset/[redacted]/now', query: '?next=[redacted]' },
    { ...line, path: '/', query: '?next=[redacted]' },
  ])
  for await (const each of service.all(actor, 'hello', {}))
    expect(each).toMatchObject({ path: '/reset/[redacted]/now', query: '?next=[redacted]' })
})
