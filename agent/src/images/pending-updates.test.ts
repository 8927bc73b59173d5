import { expect, it } from 'vitest'
import { readPending } from '#agent/images/pending-updates.ts'

it('the packages that have security updates are those that the check names, once each', () => {
  const said =
    'Get:1 something\npending: libzstd1\npending: openssl\npending: libzstd1\npending: ../x\n pending: y\npending: libstdc++6\n'

  expect(readPending(said)).toEqual(['libstdc++6', 'libzstd1', 'openssl'])
  expect(readPending('')).toEqual([])
})
