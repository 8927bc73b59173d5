import { expect, it } from 'vitest'
import { withRoots } from '#features/destinations/root-field.ts'
import { fieldsOf, missingIn, settingsOf } from '#lib/json-form.ts'

const fields = fieldsOf(
  { properties: { rootId: { type: 'string' }, note: { type: 'string' } }, required: ['rootId'] },
  [],
)

it('offers the places that root registered by their paths, and sends the id of the first', () => {
  const roots = [
    { rootId: 'root0000first', path: '/mnt/backup', freeBytes: 2 ** 40 },
    { rootId: 'root0000other', path: '/mnt/other', freeBytes: null },
  ]

  const [root, note] = withRoots(fields, roots)

  expect(root?.optionLabels).toEqual(['/mnt/backup, 1 TB free', '/mnt/other'])
  expect(note).toEqual(fields[1])
  expect(settingsOf(withRoots(fields, roots), {})).toEqual({ rootId: 'root0000first' })
  expect(missingIn(withRoots(fields, roots), {})).toBeUndefined()
})

it('lets nothing be sent where root registered none', () => {
  expect(missingIn(withRoots(fields, []), {})?.name).toBe('rootId')
})
