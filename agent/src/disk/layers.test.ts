import { describe, expect, it } from 'vitest'
import { chainsOf, sizesOf, tallyLayers } from '#agent/disk/layers.ts'

describe('what each layer of an image takes', () => {
  it('is told by the steps that wrote something, the newest last', () => {
    const history = [
      { Size: 0, CreatedBy: 'CMD ["node"]' },
      { Size: 30, CreatedBy: 'RUN npm ci' },
      { Size: 0, CreatedBy: 'ENV A=b' },
      { Size: 500, CreatedBy: '' },
    ]
    expect(sizesOf(2, history)).toEqual([500, 30])
  })

  it('counts steps that have left an empty layer where there is one more layer', () => {
    const history = [
      { Size: 30, CreatedBy: 'COPY . .' },
      { Size: 0, CreatedBy: 'WORKDIR /srv/app' },
      { Size: 0, CreatedBy: '/bin/sh -c #(nop)  ENV A=b' },
      { Size: 500, CreatedBy: '/bin/sh -c apt-get install' },
    ]
    expect(sizesOf(3, history)).toEqual([500, 0, 30])
    expect(sizesOf(5, history)).toBeUndefined()
  })

  it('is counted once for all images that stand on it, and anew upon other layers', () => {
    const images = [
      { id: 'a', layers: ['base', 'x'], sizes: [100, 5], sizeBytes: 105 },
      { id: 'b', layers: ['base', 'y', 'x'], sizes: [100, 7, 5], sizeBytes: 112 },
    ]
    const { bytes, chainsOf: of } = tallyLayers(images)

    expect([...bytes.values()].reduce((sum, one) => sum + one, 0)).toBe(117)
    expect(of('a')[0]).toBe(of('b')[0])
    expect(of('a')[1]).not.toBe(of('b')[2])
    expect(chainsOf(['base', 'x'])).toEqual(of('a'))
  })

  it('is what is left of the whole where the steps do not tell', () => {
    const { bytes, chainsOf: of } = tallyLayers([
      { id: 'a', layers: ['base'], sizes: [100], sizeBytes: 100 },
      { id: 'b', layers: ['base', 'y', 'z'], sizes: undefined, sizeBytes: 160 },
      { id: 'empty', layers: [], sizes: undefined, sizeBytes: 0 },
    ])

    expect(of('b').map((chain) => bytes.get(chain))).toEqual([100, 0, 60])
    expect(of('empty')).toEqual([])
  })
})
