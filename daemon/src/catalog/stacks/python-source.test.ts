import { describe, expect, it } from 'vitest'
import { readModule } from './python-source.ts'

describe('a file of Python, read without being run', () => {
  it('gives names in full, whatever they were imported as', () => {
    const module = readModule(
      'shop/web.py',
      `from flask import (\n    Flask as F,  # the app\n    g,\n)\nimport aiohttp.web as aw\nimport falcon.asgi\nfrom . import models\nfrom ..lib.tools import helper\n\none = F(__name__)\ntwo: aw.Application = aw.Application()\nthree = falcon.asgi.App()\nfour, rt = helper(1)\nfive = one\n`,
    )

    expect(module.assigned).toEqual([
      { name: 'one', maker: 'flask.Flask' },
      { name: 'two', maker: 'aiohttp.web.Application' },
      { name: 'three', maker: 'falcon.asgi.App' },
      { name: 'four', maker: 'lib.tools.helper' },
      { name: 'five', maker: '= one' },
    ])
    expect([...module.imports]).toContain('shop.models')
  })

  it('takes neither comments nor strings nor what is further in for code', () => {
    const module = readModule(
      'app.py',
      `"""\napp = Flask(__name__)\n"""\ntext = r'''\napp = Flask(1)\n'''\n# app = Flask(2)\nif True:\n    app = Flask(3)\nquote = "it's \\" # not a comment"\napp = \\\n    Flask(4)\n`,
    )

    expect(module.assigned).toEqual([{ name: 'app', maker: 'Flask' }])
  })

  it('knows which functions can be called without being told anything', () => {
    const module = readModule(
      'app.py',
      `def a(): pass\ndef b(config=None, *args, debug: bool = False, **more) -> Flask:\n    return Flask()\nasync def c(x: dict[str, int], y=1):\n    pass\n`,
    )

    expect(module.factories.map(({ name, needsArguments }) => [name, needsArguments])).toEqual([
      ['a', false],
      ['b', false],
      ['c', true],
    ])
    expect(module.factories[1]?.calls).toEqual(['Flask'])
  })

  it('reads a file with the line ends of Windows, and one that ends in the middle', () => {
    expect(readModule('a.py', 'import x\r\napp = x.Y(\r\n  1,\r\n)\r\n').assigned).toEqual([
      { name: 'app', maker: 'x.Y' },
    ])
    expect(readModule('a.py', 'app = Flask("never ends').assigned).toEqual([
      { name: 'app', maker: 'Flask' },
    ])
    expect(readModule('a.py', 'app = Flask(\n"""').assigned).toEqual([
      { name: 'app', maker: 'Flask' },
    ])
  })
})
