const TABBABLE = 'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select:not(:disabled), [tabindex="0"]'

const isTabbable = (element: Element): element is HTMLElement =>
  element instanceof HTMLElement && element.matches(TABBABLE) && element.tabIndex >= 0
const tabbableIn = (element: Element): HTMLElement | undefined =>
  isTabbable(element) ? element : [...element.querySelectorAll(TABBABLE)].find(isTabbable)

/** Where an element stands: each of its ancestors, nearest first, and at which of its children. */
function pathOf(element: Element): { parent: Element; index: number }[] {
  const path = []
  for (let here = element; here.parentElement; here = here.parentElement)
    path.push({ parent: here.parentElement, index: [...here.parentElement.children].indexOf(here) })
  return path
}

/** What stands where a child stood that is gone: what took its place or followed, else what came before. */
function neighbourIn(parent: Element, index: number): HTMLElement | undefined {
  const children = [...parent.children]
  for (const child of [...children.slice(index), ...children.slice(0, index).toReversed()]) {
    const found = tabbableIn(child)
    if (found) return found
  }
  return undefined
}

/**
 * Remembers what has the focus, or stands at `element`. What is returned gives the focus back to it, or to its neighbour when it is gone;
 * nothing where something else has taken the focus meanwhile.
 */
export function keepFocus(element: Element | null = document.activeElement): () => void {
  if (!element || element === document.body) return () => undefined
  const path = pathOf(element)
  return () => {
    const { activeElement } = document
    if (activeElement && activeElement !== document.body && activeElement !== element) return
    if (element.isConnected && isTabbable(element)) return element.focus({ preventScroll: true })
    for (const { parent, index } of path) {
      const near = parent.isConnected ? neighbourIn(parent, index) : undefined
      if (near) return near.focus({ preventScroll: true })
    }
  }
}

/** Does something that may take away what has the focus; afterwards it, or its neighbour, has it again. */
export function keepingFocus(act: () => void): void {
  const back = keepFocus()
  act()
  setTimeout(back) // once it is drawn
}
