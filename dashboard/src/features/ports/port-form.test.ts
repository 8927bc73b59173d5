import { describe, expect, it } from 'vitest'
import { EMPTY_PORT_FORM, wishOf } from '#features/ports/port-form.ts'

const typed = (changes: Partial<typeof EMPTY_PORT_FORM>) =>
  wishOf({ ...EMPTY_PORT_FORM, ports: '25565', ...changes })

describe('the form of a port', () => {
  it('asks for the same port inside where nothing else is typed, and for everybody', () => {
    expect(typed({})).toMatchObject({
      wish: { protocol: 'tcp', ports: '25565', process: 'web', sources: [], newPerSecond: 50 },
    })
  })

  it('takes networks as people separate them', () => {
    expect(typed({ sources: '203.0.113.0/24, 198.51.100.7\n' })).toMatchObject({
      wish: { sources: ['203.0.113.0/24', '198.51.100.7'] },
    })
  })

  it.each([
    [{ ports: 'minecraft' }, 'ports'],
    [{ ports: '1000-2000' }, 'ports'],
    [{ to: 'x' }, 'to'],
    [{ to: '70000' }, 'to'],
    [{ sources: 'everybody' }, 'sources'],
    [{ process: '' }, 'process'],
  ])('says at which field something is wrong: %j', (changes, field) => {
    expect(typed(changes)).toMatchObject({ field })
  })
})
