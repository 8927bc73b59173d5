import { expect, it } from 'vitest'
import { yamlText } from '#adapters/system/config-text.ts'

const LONGEST = 2 ** 19

it.each([
  ['anchors', '&'.repeat(LONGEST)],
  ['tags', '!'.repeat(LONGEST)],
  ['a level in each word', '- '.repeat(LONGEST / 2)],
  ['a level in each word, with tags', '- !!seq '.repeat(LONGEST / 8)],
  ['brackets', '['.repeat(LONGEST)],
])(
  'reads a line of nothing but %s in no time',
  async (_what, text) => {
    const read = await yamlText.read(text)
    expect('problems' in read ? null : read.value).toBeNull()
  },
  20_000,
)

it('takes what people write in one line for no nesting', async () => {
  const read = await yamlText.read('a: - - -\nb: !!str x\nc: [[1, 2], [3]]\n')
  expect('problems' in read ? read.problems : []).not.toContainEqual(
    expect.objectContaining({ message: 'It is nested too deeply.' }),
  )
})
