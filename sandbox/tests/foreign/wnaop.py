"""Calls of wnaop 0.2.0 against a sandbox; what it got goes to stdout as JSON, for the test to compare."""

import json
import sys

import aop
import aop.api

host, key, secret, code = sys.argv[1:5]
wish = json.loads(sys.argv[5])
aop.set_default_server(host)
aop.set_default_appinfo(key, secret)


class SellerCall(aop.api.BaseApi):
    """The client's own list has buyers' methods only; this is its way to add one."""

    def __init__(self, uri):
        aop.api.BaseApi.__init__(self)
        self.get_api_uri = lambda: uri
        self.need_sign = lambda: True
        self.need_auth = lambda: True


def plain(request):
    """The client wants TLS for tokens, which two programs of one machine do without."""
    request.need_https = lambda: False
    return request


def refused(call):
    try:
        call()
    except aop.ApiError as error:
        return error.error_code
    return None


app = {"client_id": key, "client_secret": secret}
got = {"millis": aop.get_server_timestamp(key, secret, host)}

first = plain(aop.api.AuthGetTokenRequest()).get_response(
    grant_type="authorization_code", need_refresh_token="true", redirect_uri="http://127.0.0.1:1/back", code=code, **app
)
got["tokens"] = plain(aop.api.AuthGetTokenRequest()).get_response(
    grant_type="refresh_token", refresh_token=first["refresh_token"], **app
)
token = got["tokens"]["access_token"]
got["old_refresh_token"] = refused(
    lambda: plain(aop.api.AuthGetTokenRequest()).get_response(
        grant_type="refresh_token", refresh_token=first["refresh_token"], **app
    )
)
got["postponed_too_early"] = refused(
    lambda: plain(aop.api.AuthPostponeTokenRequest()).get_response(
        access_token=token, refresh_token=got["tokens"]["refresh_token"], **app
    )
)

account = aop.api.AlibabaAccountBasicParam()
account.access_token = token
got["account"] = account.get_response()

# Python's booleans and numbers as they are: the client turns them into text by itself.
got["orders"] = SellerCall("1/com.alibaba.trade/alibaba.trade.getSellerOrderList").get_response(
    access_token=token, page=1, pageSize=20, needMemoInfo=True, isHis=False, productName=wish["word"]
)
got["products"] = SellerCall("1/com.alibaba.product/alibaba.product.list.get").get_response(
    access_token=token, pageNo=1, pageSize=20
)
got["written"] = SellerCall("1/com.alibaba.product/alibaba.product.modifyStock").get_response(
    access_token=token,
    webSite="1688",
    increaceModify=False,
    productStockChange=json.dumps(wish["change"], ensure_ascii=False),
)
got["messages"] = aop.api.PushQueryMessageListParam().get_response(
    createStartTime=wish["from"],
    createEndTime=wish["to"],
    page=1,
    pageSize=20,
    type="PRODUCT_PRODUCT_INVENTORY_CHANGE",
    userInfo=got["tokens"]["memberId"],
)

wrong = SellerCall("1/com.alibaba.trade/alibaba.trade.getSellerOrderList")
wrong.set_appinfo(key, "another secret")
got["wrong_secret"] = refused(lambda: wrong.get_response(access_token=token))
print(json.dumps(got))
