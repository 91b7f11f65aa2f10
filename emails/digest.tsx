import { type CSSProperties, Fragment, type ReactNode } from 'react'
import { Layout } from './layout.tsx'
import { text } from './styles.ts'

/** A primary source as its reader sees it: `label` is the host. */
export interface DigestSource {
  readonly label: string
  readonly url: string
}

export interface DigestItem {
  readonly url: string
  readonly title: string
  /** '' where there is none. */
  readonly summary: string
  /** Primary sources, without repeats; the first is *the* source. */
  readonly sources: readonly DigestSource[]
  readonly image?: { readonly url: string; readonly alt: string }
}

type Listed = Pick<DigestItem, 'url' | 'title' | 'sources'>

/** What was put right of an item that had left, or why it was taken back. */
export interface DigestAmendment extends Listed {
  /** '' where none was given. */
  readonly note: string
}

/** Everything the digest shows, already cleaned and measured: the template only sets it. */
export interface DigestProps {
  readonly language: string
  readonly direction: 'ltr' | 'rtl'
  readonly publication: { readonly name: string; readonly description: string; readonly url: string }
  /** Postal address, one line each; empty: the line is left out. */
  readonly address: readonly string[]
  readonly subject: string
  readonly preheader: string
  readonly date: string
  readonly intro: readonly string[]
  readonly stories: readonly DigestItem[]
  readonly briefs: readonly DigestItem[]
  readonly background: readonly DigestItem[]
  readonly corrections: readonly DigestAmendment[]
  readonly withdrawn: readonly DigestAmendment[]
  readonly browserUrl: string
  readonly unsubscribeUrl: string
  /** `described` sets the lead's picture as its alternative text, for pages that may not load anything. */
  readonly images: 'shown' | 'described'
}

/** The day's edition as a mail. Only the first story may carry a picture, and it reads as well without. */
export default function Digest(props: DigestProps): ReactNode {
  const { publication, stories, briefs, background } = props
  return (
    <Layout language={props.language} direction={props.direction} title={props.subject} preheader={props.preheader}>
      <div className="bar" style={text.bar}>
        <h1 className="name" style={text.name}>
          <a className="ink" href={publication.url} style={text.headlineLink}>
            {publication.name}
          </a>
        </h1>
        <p className="quiet rule" style={text.date}>
          {props.date}
        </p>
      </div>
      {props.intro.map((paragraph) => (
        <p key={paragraph} style={text.intro}>
          {paragraph}
        </p>
      ))}
      {stories.map((item, index) => (
        <Story key={item.url} item={item} lead={index === 0} images={props.images} />
      ))}
      <Part title="In brief" items={briefs} />
      <Part title="Corrections" items={props.corrections} note={({ note }) => note} />
      <Part title="Withdrawn" items={props.withdrawn} note={({ note }) => note} />
      <Part title="Background" items={background} summary={({ summary }) => summary} />
      <Foot {...props} />
    </Layout>
  )
}

function Story({ item, lead, images }: { item: DigestItem; lead: boolean; images: DigestProps['images'] }): ReactNode {
  return (
    <div className="rule" style={lead ? text.story : text.nextStory}>
      {lead && item.image ? <Picture image={item.image} images={images} /> : null}
      <h2 className={lead ? 'lead' : undefined} style={lead ? text.lead : text.headline}>
        <TitleLink item={item} />
      </h2>
      {item.summary === '' ? null : <p style={lead ? text.leadSummary : text.summary}>{item.summary}</p>}
      <SourceLine item={item} />
    </div>
  )
}

function Picture({ image, images }: { image: { url: string; alt: string }; images: DigestProps['images'] }): ReactNode {
  if (images === 'shown') return <img src={image.url} alt={image.alt} width={552} style={text.image} />
  return image.alt === '' ? null : (
    <p className="quiet" style={text.imageInWords}>
      {`[Picture: ${image.alt}]`}
    </p>
  )
}

/** A short list under a heading. `note` says what stands below a title in full ink, being new; '' for nothing. */
function Part<Entry extends Listed>(props: {
  title: string
  items: readonly Entry[]
  summary?: (item: Entry) => string
  note?: (item: Entry) => string
}): ReactNode {
  if (props.items.length === 0) return null
  return (
    <>
      <h2 className="bar" style={text.part}>
        {props.title}
      </h2>
      <ul style={text.list}>
        {props.items.map((item) => (
          <li key={`${item.url} ${props.note?.(item) ?? ''}`} style={text.entry}>
            <h3 style={text.entryTitle}>
              <TitleLink item={item} />
            </h3>
            <Words words={props.summary?.(item)} className="quiet" style={text.entrySummary} />
            <Words words={props.note?.(item)} style={text.note} />
            <SourceLine item={item} />
          </li>
        ))}
      </ul>
    </>
  )
}

function Words(props: { words: string | undefined; className?: string; style: CSSProperties }): ReactNode {
  if (!props.words) return null
  return (
    <p className={props.className} style={props.style}>
      {props.words}
    </p>
  )
}

function TitleLink({ item }: { item: Listed }): ReactNode {
  return (
    <a className="ink" href={item.url} style={text.headlineLink}>
      {item.title}
    </a>
  )
}

// Three hosts and their arrows fit on one line of 600 px, and on two of 320 px.
const NAMED_SOURCES = 3

/**
 * `Source: arxiv.org ↗`, followed by the other hosts where there are several; where they are too many, the item's page
 * stands in for the rest. The arrow is asked for as text (U+FE0E), not as an emoji.
 */
function SourceLine({ item }: { item: Listed }): ReactNode {
  const named = item.sources.slice(0, item.sources.length > NAMED_SOURCES ? NAMED_SOURCES - 1 : NAMED_SOURCES)
  const unnamed = item.sources.length - named.length
  if (named.length === 0) return null
  return (
    <p className="accent" style={text.source}>
      {named.map((source, index) => (
        <Fragment key={source.url}>
          {index === 0 ? null : ' · '}
          <SourceLink url={source.url} label={`${index === 0 ? 'Source: ' : ''}${source.label} ↗\uFE0E`} />
        </Fragment>
      ))}
      {unnamed === 0 ? null : ' '}
      {unnamed === 0 ? null : <SourceLink url={item.url} label={`and ${unnamed} more`} />}
    </p>
  )
}

function SourceLink({ url, label }: { url: string; label: string }): ReactNode {
  return (
    <a className="accent" href={url} style={text.sourceLink}>
      {label}
    </a>
  )
}

function Foot({ publication, address, browserUrl, unsubscribeUrl }: DigestProps): ReactNode {
  return (
    <div className="bar" style={text.foot}>
      <p className="quiet" style={text.small}>
        {`You get this because you asked for the digest of ${publication.name}. ${publication.description}`}
      </p>
      <p className="quiet" style={text.small}>
        <a className="ink" href={browserUrl} style={text.smallLink}>
          View in browser
        </a>
        {' \u00A0·\u00A0 '}
        <a className="ink" href={unsubscribeUrl} style={text.smallLink}>
          Unsubscribe
        </a>
      </p>
      {address.length === 0 ? null : (
        <p className="quiet" style={text.small}>
          {address.join(', ')}
        </p>
      )}
    </div>
  )
}
