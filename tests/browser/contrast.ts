/**
 * WCAG 2.2, 1.4.3, over every element of a page that has text of its own and can be seen, against the first background
 * behind it that is not transparent: how many there are, and the lowest contrast among them.
 */
export const LOWEST_CONTRAST = `(() => {
  const channels = (text) => text.match(/[\\d.]+/g).map(Number)
  const light = (text) => {
    const [r, g, b] = channels(text).map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const color = getComputedStyle(one).backgroundColor
      if (channels(color)[3] !== 0) return color
    }
    return 'rgb(255, 255, 255)'
  }
  const texts = [...document.querySelectorAll('body *')].filter((element) =>
    element.checkVisibility() && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== ''))
  const ratios = texts.map((element) => [light(getComputedStyle(element).color), light(behind(element))])
    .map(([ink, ground]) => (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05))
  return { texts: texts.length, lowest: Math.min(...ratios) }
})()`
