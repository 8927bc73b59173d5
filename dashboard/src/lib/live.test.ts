import { LiveEvent } from '@vastrox/shared/live-event.ts'
import { describe, expect, it } from 'vitest'
import { staleAfter, withoutRepeats } from './live.ts'

const event = (type: LiveEvent['type'], app: string | null): LiveEvent => ({
  id: 1,
  type,
  app,
  subject: null,
})

describe('what is read again after an event', () => {
  it('is everything when the stream could not be resumed', () => {
    expect(staleAfter(event('reset', null))).toEqual([[]])
  })

  it('is only of the app that changed', () => {
    const keys = staleAfter(event('deployment.changed', 'shop'))
    expect(keys).toContainEqual(['app', 'shop', 'deployments'])
    expect(keys.filter(([scope]) => scope === 'app').every(([, app]) => app === 'shop')).toBe(true)
  })

  it('is something for every kind of event', () => {
    for (const type of LiveEvent.shape.type.options)
      expect(staleAfter(event(type, 'shop')), type).not.toEqual([])
  })

  it('is read once however often it changed', () => {
    const keys = [
      ...staleAfter(event('env.changed', 'a')),
      ...staleAfter(event('env.changed', 'a')),
    ]
    expect(withoutRepeats(keys)).toEqual([['app', 'a', 'env']])
  })
})
