// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_HTTP_CONTENT_TYPE_H_
#define SCRIPTWORKER_HTTP_CONTENT_TYPE_H_

#include "scriptworker/http/headers.h"

namespace scriptworker::http {

// Whether the Content-Type says "text/html", whatever its parameters: a page for people, such
// as a log-in, where something else was asked for.
bool IsHtml(const Headers& headers);

}  // namespace scriptworker::http

#endif  // SCRIPTWORKER_HTTP_CONTENT_TYPE_H_
