/**
 * The page's document for xterm, which writes its styles into `style` elements: our content policy
 * refuses those. Here what is written into such an element becomes a constructed style sheet of the
 * page, which it allows, since no markup can make one.
 */
export function styleSheetDocument(page: Document): Document {
  const createElement = (name: string): HTMLElement =>
    name === 'style' ? styleElement(page) : page.createElement(name)
  return new Proxy(page, {
    get(target, name) {
      if (name === 'createElement') return createElement
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  })
}

/** Stands where a `style` element would, and is gone with it. */
function styleElement(page: Document): HTMLElement {
  const element = page.createElement('span')
  element.hidden = true
  const sheet = new CSSStyleSheet()
  const others = () => page.adoptedStyleSheets.filter((one) => one !== sheet)
  Object.defineProperty(element, 'textContent', {
    set(text: string) {
      sheet.replaceSync(text)
      page.adoptedStyleSheets = [...others(), sheet]
    },
  })
  Object.defineProperty(element, 'remove', {
    value() {
      page.adoptedStyleSheets = others()
      HTMLElement.prototype.remove.call(element)
    },
  })
  return element
}
