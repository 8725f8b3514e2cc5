"""Which elements of a page are blocks, which are furniture, which close by themselves. Names only."""

DROPPED = frozenset({
    "script", "style", "form", "button", "svg", "source", "noscript", "template", "head", "nav", "input", "select",
    "label", "object",
})  # fmt: skip
"""Elements that never hold words of the post."""

DROPPED_CLASSES = frozenset({
    "button-wrapper", "subscription-widget-wrap", "subscription-widget-wrap-editor", "subscribe-widget",
    "sharedaddy", "jp-relatedposts", "image-link-expand", "wpcnt", "wp-post-image", "attachment-thumbnail",
    "comment", "post-navigation",
})  # fmt: skip
"""Substack's buttons and subscription boxes, the mirror's sharing and related posts, feed thumbnails."""

DROPPED_IDS = frozenset({
    "jp-post-flair", "comments", "jp-relatedposts",
})  # fmt: skip
"""What WordPress puts behind a post."""

BLOCKS = frozenset({
    "p", "div", "section", "article", "header", "footer", "main", "aside", "table", "tbody", "thead", "tr", "ul",
    "ol", "dl", "dt", "dd", "li", "blockquote", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6", "pre",
    "hr", "address", "center", "body", "html",
})  # fmt: skip
"""Elements that begin and end a line."""

VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip
"""Elements without content (HTML standard, section 13.1.2)."""

LEFT_OPEN = frozenset({
    "p", "li", "td", "th", "tr", "dt", "dd", "option",
})  # fmt: skip
"""Elements whose end tag may be left out (same section), so that they nest nothing when counted."""
