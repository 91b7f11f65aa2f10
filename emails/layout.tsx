import { Body, Container, Head, Html, Preview } from '@react-email/components'
import type { ReactNode } from 'react'
import { css, text } from './styles.ts'

export interface LayoutProps {
  /** BCP 47. */
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  readonly title: string
  /** At most 150 UTF-16 units; what is longer is cut. */
  readonly preheader: string
  readonly children: ReactNode
}

/**
 * The sheet every mail is printed on: 600 px at most, light by its inline styles, dark and narrow through classes where
 * the mail program reads style sheets.
 */
export function Layout({ language, direction, title, preheader, children }: LayoutProps): ReactNode {
  return (
    <Html lang={language} dir={direction}>
      <Head>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: css }} />
      </Head>
      <Body className="paper" style={text.page}>
        <Preview>{preheader}</Preview>
        {/* Word, which draws mail in older Outlook, knows the attribute and not max-width. */}
        <Container width={600} className="sheet" style={text.sheet}>
          {children}
        </Container>
      </Body>
    </Html>
  )
}
