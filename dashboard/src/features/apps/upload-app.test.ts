import { describe, expect, it } from 'vitest'
import { filesOfApp } from './upload-app.ts'

const named = (...paths: string[]) => paths.map((path) => ({ path, file: new File([], path) }))
const pathsOf = (...paths: string[]) => filesOfApp(named(...paths)).map(({ path }) => path)

describe('a folder that becomes an app', () => {
  it('comes without the folder around it, and without what a build makes again', () => {
    expect(
      pathsOf(
        'shop/package.json',
        'shop/src/a.js',
        'shop/node_modules/x/index.js',
        'shop/.git/HEAD',
        'shop/.gitignore',
      ),
    ).toEqual(['package.json', 'src/a.js', '.gitignore'])
  })

  it('stays as it is where there is more than one at the top', () => {
    expect(pathsOf('a/b.txt', 'index.html')).toEqual(['a/b.txt', 'index.html'])
    expect(pathsOf('index.html')).toEqual(['index.html'])
    expect(pathsOf('a/x', 'ab/y')).toEqual(['a/x', 'ab/y'])
    expect(pathsOf()).toEqual([])
  })
})
